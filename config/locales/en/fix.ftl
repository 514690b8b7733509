# Sentences whose key begins with fix-.
