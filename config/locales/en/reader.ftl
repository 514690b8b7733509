# Sentences whose key begins with reader-.
