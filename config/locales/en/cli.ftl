# Sentences whose key begins with cli-.
