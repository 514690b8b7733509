# Sentences whose key begins with status-.
