#compdef pgrehearse pgrehearse-migrate
# zsh completion for pgrehearse and pgrehearse-migrate: the program itself knows what may come next.
_pgrehearse() {
    local program=${words[1]} line
    local -a names shown
    for line in "${(@f)$(${program%-migrate} __complete ${program:t} "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
        :files) _files ;;
        :folders) _files -/ ;;
        *$'\t'*) names+=("${line%%$'\t'*}") shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}") ;;
        ?*) names+=("$line") shown+=("$line") ;;
        esac
    done
    (( $#names )) && compadd -l -d shown -a names
}
_pgrehearse "$@"
