# Sentences whose key begins with screen-.
