# Completion of fs-triage for bash: the program itself says what may follow, one « value TAB label » a line.
# The word under the cursor is handed over behind an « = », so that it is never an empty argument.
_fs_triage() {
    local current=${COMP_WORDS[COMP_CWORD]} line rank word other=
    [[ $current == "=" ]] && current=
    current=${current#[\"\']}
    local -a lines=() words=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        # quotes, backslashes and ~ are taken away as bash will; a word that bash would run is left as typed
        [[ $word == *[\$\`\;\&\|\<\>\(\)$'\n']* ]] || eval "word=$word" 2>/dev/null
        words+=("$word")
    done
    while IFS= read -r line; do
        lines+=("$line")
    done < <("${COMP_WORDS[0]}" --completer ${words[@]+"${words[@]}"} "=$current" 2>/dev/null)
    COMPREPLY=()
    compopt -o nosort 2>/dev/null
    if [[ ${lines[0]-} == $'\t'* ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen -d -- "$current")
        return
    fi
    for rank in "${!lines[@]}"; do
        line=${lines[rank]}
        [[ $line == "$current"* ]] || other=1
        # 63, 33 and 64: bash is about to list what is possible, and labels help to choose
        if [[ ${#lines[@]} -gt 1 && $line == *$'\t'* && ${COMP_TYPE-9} =~ ^(63|33|64)$ ]]; then
            COMPREPLY+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done
    # found by a name or a label: bash must not put the letters that the values have in common over what was typed
    [[ $other && ${#lines[@]} -gt 1 && ${COMP_TYPE-9} != 63 ]] && COMPREPLY+=("")
}
complete -F _fs_triage fs-triage
