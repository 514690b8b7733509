# Sentences whose key begins with sales-.
