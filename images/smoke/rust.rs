use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::{mpsc, Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

fn threads() {
    let (sender, receiver) = mpsc::channel();
    let shared = Arc::new((Mutex::new(0), Condvar::new()));
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let (sender, shared) = (sender.clone(), shared.clone());
            thread::spawn(move || {
                *shared.0.lock().unwrap() += number;
                shared.1.notify_all();
                sender.send(number).unwrap();
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(*shared.0.lock().unwrap(), 28);
    assert_eq!(receiver.try_iter().sum::<i32>(), 28);
    assert!(thread::available_parallelism().unwrap().get() > 0);
}

fn processes() {
    let mut child = Command::new("sh")
        .args(["-c", "cat; exit 3"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"text").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"text"[..], Some(3)));
}

fn sockets() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = thread::spawn(move || TcpStream::connect(address).unwrap().write_all(b"hello").unwrap());
    let mut text = String::new();
    listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
    client.join().unwrap();
    assert_eq!(text, "hello");
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.send_to(b"datagram", receiver.local_addr().unwrap()).unwrap();
    assert_eq!(receiver.recv(&mut [0; 100]).unwrap(), 8);
    let (mut left, mut right) = UnixStream::pair().unwrap();
    left.write_all(b"x").unwrap();
    right.read_exact(&mut [0; 1]).unwrap();
}

fn clocks() {
    let before = Instant::now();
    thread::sleep(Duration::from_millis(10));
    assert!(before.elapsed() >= Duration::from_millis(10));
    assert!(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() > 1_600_000_000);
}

fn files() {
    let folder = std::env::temp_dir().join("smoke");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ümlaut");
    fs::write(&file, "ä".repeat(1000)).unwrap();
    std::os::unix::fs::symlink("ümlaut", folder.join("link")).unwrap();
    assert_eq!(fs::read_to_string(folder.join("link")).unwrap().chars().count(), 1000);
    fs::File::open(&file).unwrap().sync_all().unwrap();
    fs::copy(&file, folder.join("copy")).unwrap();
    fs::rename(&file, folder.join("moved")).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    fs::remove_dir_all(&folder).unwrap();
}

fn environment() {
    std::env::set_var("NAME", "value");
    assert_eq!(Command::new("sh").args(["-c", "printf $NAME"]).output().unwrap().stdout, b"value");
    assert_eq!(std::env::current_dir().unwrap().to_str().unwrap(), std::env::var("HOME").unwrap());
}

fn numbers() {
    assert!(((std::f64::consts::PI / 2.0).sin() - 1.0).abs() < 1e-9);
    // Its hashes need random numbers from the kernel.
    assert_eq!(HashMap::from([(1, 2)])[&1], 2);
}

fn text() {
    assert_eq!("straße".to_uppercase(), "STRASSE");
    assert!(std::panic::catch_unwind(|| "x".parse::<i32>().is_err()).unwrap());
}

fn main() {
    let areas: [(&str, fn()); 8] = [
        ("threads", threads),
        ("processes", processes),
        ("sockets", sockets),
        ("clocks", clocks),
        ("files", files),
        ("environment", environment),
        ("numbers", numbers),
        ("text", text),
    ];
    for (name, area) in areas {
        area();
        println!("{name} ok");
    }
    println!("done");
}
