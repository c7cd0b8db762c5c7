use std::io::{stdout, BufWriter, Write};
use std::{thread, time::Duration};

fn main() {
    let mut writer = BufWriter::new(stdout());
    writeln!(writer, "first").unwrap();
    eprintln!("waiting");
    thread::sleep(Duration::from_secs(60));
    writeln!(writer, "second").unwrap();
}
