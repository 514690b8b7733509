# Sentences whose key begins with device-.
