# 7 UPDATE.
update-running = Console version { $version }
update-later = Checking for and installing new versions is not in this version. A technician installs the system package.
