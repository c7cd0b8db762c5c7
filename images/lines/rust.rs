use std::{thread, time::Duration};

fn main() {
    println!("first");
    thread::sleep(Duration::from_secs(60));
    println!("second");
}
