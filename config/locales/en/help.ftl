# 8 HELP, 84 HANDBOOK, 85 THIS PAGE.
help-no-phone = No support number configured; see the label on the terminal's back.
help-hours = Hours { $hours }
help-numbers = TID { $tid }  serial { $serial }
help-never-asked = Support never asks for card number, PIN or one-time code.
help-handbook = Table { $profile }: { $count } codes; a digit opens one.
help-about = { $id } { $title }
help-green-back = back to it
