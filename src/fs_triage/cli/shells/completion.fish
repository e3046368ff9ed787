# Completion of fs-triage for fish: the program itself says what may follow, one « value TAB label » a line.
# The word under the cursor is handed over behind an « = », so that it is never an empty argument.
function __fs_triage_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] --completer $words[2..-1] "=$current" 2>/dev/null)
    if string match -q -- \t'*' "$lines[1]"
        __fish_complete_directories "$current"
    else
        printf '%s\n' $lines
    end
end
complete -c fs-triage -f -k -a '(__fs_triage_complete)'
