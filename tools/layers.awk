# Holds every #include under src/ against the picture in ARCHITECTURE.md.
#
#   awk -f tools/layers.awk ARCHITECTURE.md $(find src -type f)
#
# A line "a -> b c" in a block marked ```layers allows folder a to include b and
# c; a folder may always include itself and what lies in it. The longest name that
# fits decides. A line "prefix file" in a block marked ```libraries allows that
# file alone to include <prefix...>. Ends on "N passed, N failed", N being files.

function folder_of(path,   name) {
  # The longest folder of the picture that holds `path`.
  name = path
  while (sub(/\/[^\/]*$/, "", name)) if (name in allowed) return name
  return ""
}

function inside(folder, of) { return folder == of || index(folder "/", of "/") == 1 }

function may_include(from, to,   names, i, count) {
  if (inside(to, from)) return 1
  count = split(allowed[from], names, " ")
  for (i = 1; i <= count; i++) if (inside(to, names[i])) return 1
  return 0
}

function fault(text) {
  print text
  faulty[FILENAME] = 1
}

FNR == 1 && FILENAME ~ /^src\// {
  files++
  path = substr(FILENAME, 5)
  from = folder_of(path)
  if (path ~ /(^|\/)CMakeLists\.txt$/) from = from == "" ? "build" : from
  else if (path !~ /\.(h|cpp)$/) fault(FILENAME ": only .h, .cpp and CMakeLists.txt live under src/")
  if (from == "") fault(FILENAME ": the folder is not in the picture of ARCHITECTURE.md")
}

FILENAME !~ /^src\// {
  if (/^```/) { block = substr($0, 4); next }
  if (block == "layers" && / *->/) {
    folder = $1
    allowed[folder] = ""
    for (i = 3; i <= NF; i++) {
      if (!($i in allowed)) later[folder] = later[folder] " " $i
      allowed[folder] = allowed[folder] " " $i
    }
  }
  if (block == "libraries" && NF == 2) home[$1] = home[$1] " " $2
  next
}

/^[ \t]*#[ \t]*include/ {
  if (from == "") next
  where = FILENAME ":" FNR ": "

  if (match($0, /"[^"]+"/)) {
    target = substr($0, RSTART + 1, RLENGTH - 2)
    to = folder_of(target)
    if (target ~ /^support\// && FILENAME ~ /_test\.cpp$/) next  # tests/support/
    if (target !~ /\//) fault(where "\"" target "\" is to be written from src/")
    else if (to == "") fault(where "\"" target "\" is in no folder of the picture")
    else if (!may_include(from, to)) fault(where from " may not include " to " (\"" target "\")")
  } else if (match($0, /<[^>]+>/)) {
    target = substr($0, RSTART + 1, RLENGTH - 2)
    for (prefix in home)
      if (index(target, prefix) == 1 && index(home[prefix] " ", " " path " ") == 0)
        fault(where "<" target "> is wrapped by" home[prefix] "; include that instead")
  }
}

END {
  # The picture itself: what an arrow names must exist and stand further down.
  for (folder in later) {
    count = split(later[folder], names, " ")
    for (i = 1; i <= count; i++) {
      if (!(names[i] in allowed)) { print "ARCHITECTURE.md: " folder " -> " names[i] ", which has no line of its own"; wrong++ }
    }
  }
  for (folder in allowed) {
    count = split(allowed[folder], names, " ")
    for (i = 1; i <= count; i++)
      if (reaches(names[i], folder)) { print "ARCHITECTURE.md: " folder " and " names[i] " reach each other"; wrong++ }
  }
  if (files == 0) { print "no source file was given"; wrong++ }
  for (file in faulty) failed++
  failed += wrong
  printf "%d passed, %d failed\n", files - (failed - wrong), failed
  exit failed > 0
}

function reaches(from, to,   names, i, count) {
  if (from in seen_from && seen_from[from] == to) return 0
  if (from == to) return 1
  seen_from[from] = to
  count = split(allowed[from], names, " ")
  for (i = 1; i <= count; i++) if (reaches(names[i], to)) return 1
  return 0
}
