# Sentences whose key begins with update-.
