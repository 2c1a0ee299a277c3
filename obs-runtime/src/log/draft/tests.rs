use super::*;

/// The draft that a record is read back from.
pub(crate) fn draft(record: &Record) -> Draft {
    let mut draft = Draft::new();
    draft.begin(record.level, record.time_unix_ns);
    draft.head.target = draft.append(&record.target);
    draft.head.file = record.file.as_ref().map(|file| draft.append(file));
    draft.head.line = record.line;
    draft.head.message = draft.append(&record.message);
    draft.head.thread_id = record.thread.id;
    draft.head.thread = record.thread.name.as_ref().map(|name| draft.append(name));
    draft.head.place = record.trace;
    draft.head.operation = record.operation;
    draft.head.request_id = record.request_id.as_ref().map(|id| draft.append(id));
    draft.head.user_id = record.user_id.as_ref().map(|id| draft.append(id));
    add(&mut draft, &record.fields, Item::Field);
    for error in &record.error_chain {
        let error = draft.append(error);
        draft.items.push(Item::Error(error));
    }
    add(&mut draft, &record.attributes, Item::Attribute);
    for (key, value) in &record.context {
        let (key, value) = (draft.append(key), draft.append(value));
        draft.items.push(Item::Context(key, Raw::Text(value)));
    }
    for span in &record.spans {
        draft.items.push(Item::Span(span.name));
        add(&mut draft, &span.fields, Item::SpanField);
    }
    draft
}

fn add(draft: &mut Draft, fields: &[Attribute], item: fn(Text, Raw) -> Item) {
    for (key, value) in fields {
        let (key, value) = (draft.append(key), draft.keep_value(value));
        draft.items.push(item(key, value));
    }
}

#[test]
fn a_record_reads_back_as_it_was() {
    let field = |key: &str, value: Value| -> Attribute { (key.to_owned().into(), value) };
    let record = Record {
        time_unix_ns: 7,
        target: "shop".into(),
        message: "card declined".to_owned(),
        fields: vec![
            field("n", Value::I64(-1)),
            field("big", Value::U64(u64::MAX)),
        ],
        error_chain: vec!["failed".to_owned(), "full".to_owned()],
        thread: Thread {
            id: 3,
            name: Some("worker".into()),
        },
        operation: Some("charge"),
        attributes: vec![
            field("card", Value::from("visa")),
            field("ok", Value::Bool(true)),
        ],
        user_id: Some("ada".to_owned()),
        context: vec![("tenant".to_owned(), "acme".to_owned())],
        spans: vec![
            Scope {
                name: "outer",
                fields: Arc::new(vec![field("ratio", Value::F64(0.5))]),
            },
            Scope {
                name: "inner",
                fields: Arc::default(),
            },
        ],
        ..Record::empty(Level::WARN)
    };
    assert_eq!(draft(&record).view().record(), record);
}

#[test]
fn what_is_set_again_has_its_last_value_in_its_first_place() {
    let mut draft = Draft::new();
    draft.set_field("a", Raw::I64(1));
    draft.set_field("b", Raw::I64(2));
    draft.set_attribute(Text::Static("a"), Raw::I64(3));
    draft.set_field("a", Raw::I64(4));
    let again = draft.keep("a");
    draft.set_attribute(again, Raw::I64(5));
    let record = draft.view().record();
    assert_eq!(
        record.fields,
        [("a".into(), Value::I64(4)), ("b".into(), Value::I64(2))]
    );
    assert_eq!(record.attributes, [("a".into(), Value::I64(5))]);
}

#[test]
fn the_next_record_has_nothing_of_the_last_one() {
    let mut draft = Draft::new();
    draft.head.message = draft.keep("first");
    draft.set_field("a", Raw::Bool(true));
    let room = draft.capacity();
    draft.begin(Level::INFO, 0);
    assert_eq!(draft.view().record(), Record::empty(Level::INFO));
    assert_eq!(draft.capacity(), room, "its memory is used again");
}
