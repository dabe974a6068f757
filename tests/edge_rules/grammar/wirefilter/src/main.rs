//! Runs filters: one JSON object a line in, one JSON object a line out.
//!
//! In: `{"filter": "http.host eq \"a\"", "fields": {"http.host": "a", "http.response.code": 200}}`
//! Out: `{"holds": true}`, or `{"error": "..."}` where the engine does not understand the filter.

use serde_json::{json, Value};
use std::io::{self, BufRead, Write};
use wirefilter::{ExecutionContext, Scheme, Type};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = match run(&line?) {
            Ok(holds) => json!({ "holds": holds }),
            Err(error) => json!({ "error": error }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn run(line: &str) -> Result<bool, String> {
    let case: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let fields = case["fields"].as_object().ok_or("no fields")?;
    let mut scheme = Scheme::default();
    for (name, value) in fields {
        scheme.add_field(name.clone(), kind(value)).map_err(|error| error.to_string())?;
    }
    let filter = case["filter"].as_str().ok_or("no filter")?;
    let compiled = scheme.parse(filter).map_err(|error| error.to_string())?.compile();
    let mut context = ExecutionContext::new(&scheme);
    for (name, value) in fields {
        set(&mut context, name, value)?;
    }
    compiled.execute(&context).map_err(|error| error.to_string())
}

fn kind(value: &Value) -> Type {
    match value {
        Value::String(_) => Type::Bytes,
        Value::Number(_) => Type::Int,
        _ => Type::Bool,
    }
}

fn set<'a>(context: &mut ExecutionContext<'a>, name: &str, value: &'a Value) -> Result<(), String> {
    let outcome = match value {
        Value::String(text) => context.set_field_value(name, text.as_str()),
        Value::Number(number) => context.set_field_value(name, number.as_i64().unwrap_or_default() as i32),
        Value::Bool(flag) => context.set_field_value(name, *flag),
        _ => return Err(format!("{name} is neither text, number nor flag")),
    };
    outcome.map_err(|error| error.to_string())
}
