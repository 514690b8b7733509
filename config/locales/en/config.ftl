# Sentences whose key begins with config-: what is wrong in a config file.

config-good = The configuration is good.
config-missing = there is no such file
config-denied = this user may not read it
config-folder = this is a folder, not a file
config-unreadable = cannot be read: { $detail }
config-too-big = longer than 1 MiB, which no config is
config-not-text = this line is not UTF-8 text
config-syntax = not valid TOML: { $detail }

config-unknown-key = unknown key; valid here: { $known }
config-unknown-key-near = unknown key; did you mean "{ $near }"?
config-unknown-key-moved = unknown key here; it belongs { $section ->
    [top] at the top of the file, before any section
   *[other] in { $section }
}
config-unknown-lang = unknown language "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-profile = no device profile "{ $value }", neither built in nor in { $folder }{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
}
config-unknown-codes = no code table "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-kind = unknown kind "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-format = unknown format "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-parameter = no parameter is called "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-manager = unknown manager "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-word = unknown word "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-field = the default journal has no field "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-zone = unknown time zone "{ $value }"; use an IANA name such as "Asia/Shanghai"

config-want-table = wants a section, found { $found }
config-want-tables = wants sections in double brackets, found { $found }
config-want-list = wants a list, found { $found }
config-want-bool = wants true or false, found { $found }
config-want-integer = wants a whole number, found { $found }
config-want-number = wants a number, found { $found }
config-want-text = wants text in quotes, found { $found }
config-range = must be between { $low } and { $high }
config-too-long = holds { $length } characters, at most { $most } are possible
config-required = is missing or empty
config-duplicate = the name "{ $value }" is taken by number { $first } already

config-bad-name = "{ $value }" is not a name
config-unknown-check = there is no check or area "{ $value }"; pos-console check --json lists the checks of this terminal
config-bad-format = not a time format: { $detail }
config-bad-pattern = not a pattern: { $detail }
config-unknown-packing = no packing "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-unknown-framing = unknown framing "{ $value }"{ $near ->
    [none] {""}
   *[other] ; did you mean "{ $near }"?
} (known: { $known })
config-only-for-kind = { $key } is for kind = "{ $kind }"
config-only-for-regex = patterns are for kind = "regex"; this source is of kind "jsonl"
config-other = { $detail }
config-bad-address = "{ $value }" is not an address; write host:port, or [IPv6]:port
config-bad-server = "{ $value }" is not a server; write a host or host:port
config-bad-host = "{ $value }" is not a host name
config-bad-ip = "{ $value }" is not an IP address
config-bad-url = "{ $value }" is not an address that begins with http://
config-bad-source = "{ $value }" is not the http(s) address of an update.toml
config-not-absolute = "{ $value }" must begin with /
config-warn-above-fail = the warning ({ $warn }) must not be above { $other } ({ $fail })
config-warn-below-fail = the warning ({ $warn }) must not be below { $other } ({ $fail })
config-bad-hours = { $value } is no span of hours such as 08:00-22:00
