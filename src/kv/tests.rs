use super::*;

fn op(text: &str) -> Op {
    text.parse().unwrap()
}

#[test]
fn requests_read_as_they_are_written() {
    for text in [
        "x=5",
        "x=-5",
        "x+=1",
        "x-=3",
        "x?",
        "-x",
        "x:1>2",
        "count_1=2147483647",
    ] {
        assert_eq!(op(text).to_string(), text);
    }
    assert_eq!(op(" x = 8 "), op("x=8"));
}

#[test]
fn a_bad_request_is_told_why() {
    let why = |text: &str| text.parse::<Op>().unwrap_err();
    assert!(why("hello").contains("x=5"));
    assert!(why("x=a").contains("not a whole number"));
    assert!(why("x=99999999999").contains("not a whole number"));
    assert!(why("5=5").contains("beginning with a letter"));
    assert!(why("abcdefgh=1").contains("too long"));
    assert!(why("x:1").contains("lacks its >"));
}

#[test]
fn a_retry_is_executed_once_and_answered_alike() {
    let mut machine = KvStore::default();
    let command = Command {
        client: ClientId::new(1).unwrap(),
        session: None,
        serial: 1,
        op: op("x+=1"),
    };
    assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
    assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
    assert_eq!(machine.apply(&command, false), Answer::Value(Some(2)));
}

/// Opens a session for a client at that index, of at most that many. Returns what expires.
fn open(machine: &mut KvStore, client: usize, index: u64, most: u8) -> Vec<u64> {
    let wish = Registration {
        client: ClientId::new(client).unwrap(),
        serial: index as u32,
        most,
    };
    let expired = machine.open(&wish, SessionId::opened_at(index).unwrap());
    expired.iter().map(|session| session.id.index()).collect()
}

fn in_session(client: usize, session: u64, serial: u32, text: &str) -> Command {
    Command {
        client: ClientId::new(client).unwrap(),
        session: SessionId::opened_at(session),
        serial,
        op: op(text),
    }
}

#[test]
fn a_retry_in_a_session_is_executed_once_and_answered_alike() {
    let mut machine = KvStore::default();
    assert!(open(&mut machine, 1, 1, 2).is_empty());
    let first = in_session(1, 1, 2, "x+=1");
    assert_eq!(machine.standing(&first), Standing::New);
    assert_eq!(machine.apply(&first, true), Answer::Value(Some(1)));
    assert_eq!(
        machine.standing(&first),
        Standing::Done(Answer::Value(Some(1)))
    );
    assert_eq!(machine.apply(&first, true), Answer::Value(Some(1)));
    let next = in_session(1, 1, 3, "x+=1");
    assert_eq!(machine.apply(&next, true), Answer::Value(Some(2)));
    assert_eq!(machine.apply(&next, false), Answer::Value(Some(3)));
    // Each session counts for itself.
    assert!(open(&mut machine, 1, 5, 2).is_empty());
    let other = in_session(1, 5, 2, "x+=1");
    assert_eq!(machine.apply(&other, true), Answer::Value(Some(4)));
}

#[test]
fn a_command_of_an_unknown_session_is_refused() {
    let mut machine = KvStore::default();
    open(&mut machine, 1, 1, 1);
    let command = in_session(1, 1, 2, "x+=1");
    assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
    assert_eq!(open(&mut machine, 2, 3, 1), [1]);
    let before = machine.clone();
    assert_eq!(machine.standing(&command), Standing::Expired);
    for exactly_once in [true, false] {
        assert_eq!(machine.apply(&command, exactly_once), Answer::Expired);
    }
    assert_eq!(machine, before, "nothing is changed");
    // A machine that executes it all the same executes it twice, and would a third time.
    let mut careless = machine.clone();
    assert_eq!(careless.apply_expired(&command), Answer::Value(Some(2)));
    assert_eq!(careless.standing(&command), Standing::Expired);
    // A new session of the same client is another one.
    open(&mut machine, 1, 4, 1);
    assert_eq!(machine.apply(&command, true), Answer::Expired);
    assert_eq!(machine.get("x".parse().unwrap()), Some(1));
}

#[test]
fn the_session_used_least_recently_makes_room() {
    let mut machine = KvStore::default();
    assert!(open(&mut machine, 1, 1, 3).is_empty());
    assert!(open(&mut machine, 2, 2, 3).is_empty());
    assert!(open(&mut machine, 3, 3, 3).is_empty());
    machine.apply(&in_session(1, 1, 1, "x=1"), true);
    assert_eq!(open(&mut machine, 4, 5, 3), [2], "the first was used since");
    // A request that was executed before is a use too.
    machine.apply(&in_session(1, 1, 1, "x=1"), true);
    assert_eq!(open(&mut machine, 5, 7, 3), [3]);
    assert_eq!(open(&mut machine, 2, 8, 1), [5, 1, 7], "the bound may fall");
    assert!(open(&mut machine, 3, 9, 0).is_empty(), "or be lifted");
    // Commands without a session need no room.
    let command = Command {
        session: None,
        ..in_session(1, 1, 9, "x?")
    };
    assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
    assert_eq!(machine.sessions().count(), 2);
}

#[test]
fn sessions_travel_in_the_order_of_their_use() {
    let mut machine = KvStore::default();
    for (client, index) in [(1, 1), (2, 2), (3, 3)] {
        open(&mut machine, client, index, 3);
    }
    machine.apply(&in_session(1, 1, 7, "x=5"), true);
    let told: Vec<String> = machine.items().map(|item| item.to_string()).collect();
    assert_eq!(told, ["x=5", "C2@2", "C3@3", "C1@1#7"]);
    let mut copy: KvStore = machine.items().collect();
    assert_eq!(copy, machine);
    assert_eq!(machine.size(), 4);
    assert_eq!(open(&mut copy, 4, 9, 3), [2]);
}

#[test]
fn a_machine_travels_in_pieces() {
    let mut machine = KvStore::default();
    for (serial, (client, op)) in [(1, "x=5"), (2, "y=1"), (1, "z=3"), (2, "-z")]
        .iter()
        .enumerate()
    {
        let command = Command {
            client: ClientId::new(*client).unwrap(),
            session: None,
            serial: serial as u32 + 1,
            op: self::op(op),
        };
        machine.apply(&command, true);
    }
    let told: Vec<String> = machine.items().map(|item| item.to_string()).collect();
    assert_eq!(told, ["x=5", "y=1", "C1#3", "C2#4"]);
    assert_eq!(machine.size(), 4);
    for most in 1..=5 {
        let mut items = Vec::new();
        while items.len() < machine.size() {
            items.extend_from_slice(&machine.piece(items.len(), most));
        }
        assert_eq!(items.into_iter().collect::<KvStore>(), machine);
    }
    assert!(machine.piece(4, 9).is_empty());
    assert_eq!([].into_iter().collect::<KvStore>(), KvStore::default());
}

#[test]
fn the_least_amount_reads_back() {
    let op: Op = "x+=-2147483648".parse().unwrap();
    assert_eq!(op.to_string().parse(), Ok(op));
}

#[test]
fn compare_and_set_changes_only_what_it_expected() {
    let mut machine = KvStore::default();
    let mut ask = |serial, text| {
        machine.apply(
            &Command {
                client: ClientId::new(1).unwrap(),
                session: None,
                serial,
                op: op(text),
            },
            true,
        )
    };
    assert_eq!(ask(1, "x:1>2"), Answer::Differs(None));
    assert_eq!(ask(2, "x=1"), Answer::Done);
    assert_eq!(ask(3, "x:1>2"), Answer::Done);
    assert_eq!(ask(4, "x:1>3"), Answer::Differs(Some(2)));
    assert_eq!(ask(5, "-x"), Answer::Done);
    assert_eq!(ask(6, "x?"), Answer::Value(None));
}
