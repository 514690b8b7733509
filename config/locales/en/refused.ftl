# Sentences whose key begins with refused-.
