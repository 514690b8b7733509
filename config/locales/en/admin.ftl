# Sentences whose key begins with admin-.
