//! How it is used, and the completions that shells draw from that.

use raftarium::check::Property;

const USAGE: &str = "\
usage: raftarium-lab <command>

  run FILE ..            plays scripts and on to their ends; says what they broke
      --seed N             with this seed, whatever the script says
      --seeds A..B         with each of these seeds, B left out
      --for TIME           and on for so long after its last statement (2s)
      --link               prints the run's link, whatever came of it
      --json               a line of JSON for each run, instead of words
      --trace OUT.jsonl    writes what every server did (docs/trace.md)
      --whole-logs         with all of a server's state in each line of the trace
      --history OUT.jsonl  writes what every client saw
  replay LINK ..         plays shared links; a FILE has one in each line
      --for TIME           and on for so long after its last action (2s)
      --json               a line of JSON for each run, instead of words
  check TRACE.jsonl ..   reads traces, anybody's, and says which step no rule of Raft allows
      --all                says every such step, and not only the first
      --lenient RULE,..    lets these rules be broken, and says how often they were
      --json               a line of JSON for each file, instead of words
      --rules              lists the rules by which traces are judged
      --history            reads client histories: is there an order that explains the answers?
  hunt                   looks for schedules that break something
      --servers N          in clusters of so many, or of several sizes in turn (3,5)
      --off RULE           with this rule off; may be said several times
      --property NAME      only for what breaks this property first
      --seeds A..B         a hunt for each of these seeds, B left out (0..1)
      --schedules N        of at most so many schedules each (100000)
      --jobs J             so many at a time (as many as there are cores)
      --shard I/N          only every Nth hunt, from the Ith on, counted from 0
      --all                goes on when something is found
      --json               a line of JSON for each hunt, instead of words
  check-rules            hunts without each rule, and plays what it finds with the rule
      --off RULE           only for this rule; may be said several times
      --seeds A..B         with these seeds, instead of one that is known to find it
      --schedules N        of at most so many schedules each (100000)
      --jobs J             so many at a time (as many as there are cores)
      --save FOLDER        writes each schedule that is found to FOLDER/RULE.txt
  rules                  lists the rules that can be switched off
  completions SHELL      prints what completes these words in bash, zsh or fish

--help says this, in every command. FILE and TRACE may be - for standard input.
Exit code: 0 nothing broke but what a script expects, 1 something did, or was not as a script
expects, 2 bad input.

Examples:
  raftarium-lab run tests/scripts/one_vote_per_term.txt --trace run.jsonl
  raftarium-lab check run.jsonl
  raftarium-lab run storm.txt --seeds 0..100 --json
  my-raft | raftarium-lab check - --lenient read-index
  raftarium-lab hunt --off commit-own-term --servers 5
  source <(raftarium-lab completions bash)

NAME is one of these: ";

/// How it is used.
pub(crate) fn usage() -> String {
    let names = Property::ALL.map(|property| property.name().replace(' ', "-").to_lowercase());
    let (first, second) = names.split_at(names.len() / 2);
    format!("{USAGE}{},\n{}.\n", first.join(", "), second.join(", "))
}

/// A command or an option, as the usage text has it.
struct Entry<'a> {
    name: &'a str,
    told: &'a str,
    /// Of a command.
    options: Vec<Self>,
}

/// The commands with their options. Options stand deeper than commands.
fn commands() -> Vec<Entry<'static>> {
    let mut commands: Vec<Entry<'_>> = Vec::new();
    let table = USAGE.lines().skip(2).take_while(|line| !line.is_empty());
    for line in table {
        let (said, told) = line.trim_start().split_once("  ").unwrap_or_default();
        let entry = Entry {
            name: said.split(' ').next().unwrap_or_default(),
            told: told.trim_start(),
            options: Vec::new(),
        };
        match commands.last_mut().filter(|_| entry.name.starts_with("--")) {
            Some(command) => command.options.push(entry),
            None => commands.push(entry),
        }
    }
    commands
}

fn names(entries: &[Entry<'_>]) -> String {
    let names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
    names.join(" ")
}

/// What a shell reads to complete commands and options. Where they end, it completes files.
pub(crate) fn completions(shell: &str) -> Result<String, String> {
    match shell {
        "bash" => Ok(bash()),
        "zsh" => Ok(format!(
            "autoload -Uz bashcompinit && bashcompinit\n{}",
            bash()
        )),
        "fish" => Ok(fish()),
        other => Err(format!(
            "there are completions for bash, zsh and fish, not for \"{other}\""
        )),
    }
}

fn bash() -> String {
    let commands = commands();
    let mut text = format!(
        "_raftarium_lab() {{\n    local words=\n    case $COMP_CWORD:${{COMP_WORDS[1]}} in\n    1:*) words=\"{}\" ;;\n",
        names(&commands)
    );
    for command in commands
        .iter()
        .filter(|command| !command.options.is_empty())
    {
        let options = names(&command.options);
        text.push_str(&format!("    *:{}) words=\"{options}\" ;;\n", command.name));
    }
    text.push_str(
        "    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n\
         complete -o default -F _raftarium_lab raftarium-lab",
    );
    text
}

fn fish() -> String {
    let mut lines = Vec::new();
    for command in commands() {
        let Entry { name, told, .. } = command;
        lines.push(format!(
            "complete -c raftarium-lab -n __fish_use_subcommand -a {name} -d '{told}'"
        ));
        for Entry {
            name: option, told, ..
        } in command.options
        {
            let option = option.trim_start_matches('-');
            lines.push(format!(
                "complete -c raftarium-lab -n '__fish_seen_subcommand_from {name}' -l {option} -d '{}'",
                told.replace('\'', "\\'")
            ));
        }
    }
    lines.join("\n")
}
