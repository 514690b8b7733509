# Sentences whose key begins with support-.
