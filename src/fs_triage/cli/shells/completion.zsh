# Completion of fs-triage for zsh: the program itself says what may follow, one « value TAB label » a line.
# The word under the cursor is handed over behind an « = », so that it is never an empty argument.
_fs_triage() {
    local line typed=${(Q)PREFIX}
    local -a lines values labels
    lines=("${(@f)$("${(Q)words[1]}" --completer "${(@Q)words[2,CURRENT-1]}" "=$typed" 2>/dev/null)}")
    if [[ ${lines[1]} == $'\t'* ]]; then
        _files -/
        return
    fi
    for line in $lines; do
        values+=("${line%%$'\t'*}")
        labels+=("${line/$'\t'/  -- }")
    done
    (( $#values )) || return 1
    if [[ -n ${values:#$typed*} ]]; then
        # found by a name or a label: zsh must keep them, and put over what was typed a single one alone
        compadd -U -V fs-triage -l -d labels -a values
        (( $#values > 1 )) && compstate[insert]= compstate[list]='list force'
        return 0
    fi
    compadd -V fs-triage -l -d labels -a values
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _fs_triage fs-triage
