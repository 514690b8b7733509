# Sentences whose key begins with app-.
