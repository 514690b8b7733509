# Sentences whose key begins with help-.
