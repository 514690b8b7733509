# Sentences whose key begins with event-.
