using System;
using System.Threading;

class Program {
    static void Main() {
        Console.WriteLine("first");
        Thread.Sleep(60000);
        Console.WriteLine("second");
    }
}
