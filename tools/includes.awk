# What each file reads: "FILE: FILE HEADER HEADER...", for all files that are given.
#
#   awk -f tools/includes.awk $(git ls-files '*.h' '*.cpp')
#
# Includes are written from src/ or tests/; those of libraries are not ours and left out.

FNR == 1 { given[++files] = FILENAME; known[FILENAME] = 1 }

/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, parts, "\"")
  included[FILENAME, ++includes[FILENAME]] = parts[2]
}

function path_of(name) {
  if (("src/" name) in known) return "src/" name
  if (("tests/" name) in known) return "tests/" name
  return ""
}

# All that `file` reads and that was not `seen` yet.
function read(file,   i, header, all) {
  if (file in seen) return ""
  seen[file] = 1
  all = " " file
  for (i = 1; i <= includes[file]; i++) {
    header = path_of(included[file, i])
    if (header != "") all = all read(header)
  }
  return all
}

END {
  for (i = 1; i <= files; i++) {
    delete seen
    print given[i] ":" read(given[i])
  }
}
