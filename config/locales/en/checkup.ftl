# Sentences whose key begins with checkup-.
