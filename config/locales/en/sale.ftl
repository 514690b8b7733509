# Sentences whose key begins with sale-.
