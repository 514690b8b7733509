# Sentences whose key begins with codes-.
