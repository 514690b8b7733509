# 81 FOLLOW, 82 QR, 83 BUNDLE: to come.
