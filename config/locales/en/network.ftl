# Sentences whose key begins with network-.
