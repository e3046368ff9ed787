# Completion of fs-triage for zsh: the program itself says what may follow, one « value TAB label » a line.
# The word under the cursor is handed over behind an « = », so that it is never an empty argument.
_fs_triage() {
    local line
    local -a lines values labels
    lines=("${(@f)$("${(Q)words[1]}" --completer "${(@Q)words[2,CURRENT-1]}" "=${(Q)PREFIX}" 2>/dev/null)}")
    if [[ ${lines[1]} == $'\t'* ]]; then
        _files -/
        return
    fi
    for line in $lines; do
        values+=("${line%%$'\t'*}")
        labels+=("${line/$'\t'/  -- }")
    done
    (( $#values )) && compadd -V fs-triage -l -d labels -a values
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _fs_triage fs-triage
