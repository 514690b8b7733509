# Sentences whose key begins with config-.
