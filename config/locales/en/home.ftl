# Sentences whose key begins with home-.
