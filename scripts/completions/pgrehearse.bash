# bash completion for pgrehearse and pgrehearse-migrate: the program itself knows what may come next.
_pgrehearse() {
    local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} word line words=() found=()
    # bash takes the sign of --option=value for a word of its own
    [[ $current != = ]] || current=''
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == = ]] || words+=("$word")
    done
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        :files) compopt -o filenames; mapfile -t found < <(compgen -f -- "$current"); COMPREPLY+=("${found[@]}") ;;
        :folders) compopt -o filenames; mapfile -t found < <(compgen -d -- "$current"); COMPREPLY+=("${found[@]}") ;;
        *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("${program%-migrate}" __complete "${program##*/}" "${words[@]}" "$current" 2>/dev/null)
}
complete -F _pgrehearse pgrehearse pgrehearse-migrate
