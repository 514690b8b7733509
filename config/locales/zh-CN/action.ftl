# Sentences whose key begins with action-.
