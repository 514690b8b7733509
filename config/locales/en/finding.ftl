# Sentences whose key begins with finding-.
