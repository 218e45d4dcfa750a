# fish completion for pgrehearse and pgrehearse-migrate: the program itself knows what may come next.
function __pgrehearse_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r -- '-migrate$' '' $words[1])
    for line in ($program __complete (string replace -r -- '.*/' '' $words[1]) $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c pgrehearse -f -a '(__pgrehearse_complete)'
complete -c pgrehearse-migrate -f -a '(__pgrehearse_complete)'
