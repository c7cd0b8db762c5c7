(require '[clojure.java.io :as io]
         '[clojure.java.shell :refer [sh]]
         '[clojure.string :as string])
(import '(java.net InetAddress ServerSocket Socket)
        '(java.security SecureRandom)
        '(java.time ZonedDateTime))

(defn threads []
  (assert (= 36 (reduce + (pmap identity (range 1 9)))))
  (let [counter (agent 0)]
    (send counter inc)
    (await counter)
    (assert (= 1 @counter)))
  (assert (= 42 @(future 42))))

(defn processes []
  (let [result (sh "sh" "-c" "cat; exit 3" :in "text")]
    (assert (= ["text" 3] [(:out result) (:exit result)]))))

(defn sockets []
  (with-open [listener (ServerSocket. 0 5 (InetAddress/getLoopbackAddress))]
    (let [server (future (with-open [peer (.accept listener)] (spit (.getOutputStream peer) "hello\n")))]
      (with-open [client (Socket. (.getInetAddress listener) (.getLocalPort listener))]
        (assert (= "hello" (.readLine (io/reader (.getInputStream client))))))
      @server)))

(defn clocks []
  (let [before (System/nanoTime)]
    (Thread/sleep 10)
    (assert (>= (- (System/nanoTime) before) 9000000)))
  (assert (> (.getYear (ZonedDateTime/now)) 2020)))

(defn files []
  (spit "/tmp/one" "one\ntwo\n")
  (with-open [reader (io/reader "/tmp/one")]
    (assert (= ["one" "two"] (doall (line-seq reader)))))
  (assert (.renameTo (io/file "/tmp/one") (io/file "/tmp/two")))
  (io/make-parents "folder/file")
  (io/copy (io/file "/tmp/two") (io/file "folder/file")))

(defn environment []
  (assert (= (System/getenv "HOME") (.getAbsolutePath (io/file "")))))

(defn numbers []
  (assert (< (Math/abs (- (Math/sin (/ Math/PI 2)) 1)) 1e-9))
  (assert (< (.nextInt (SecureRandom.) 6) 6)))

(defn user []
  (assert (not= "?" (System/getProperty "user.name")))
  (assert (= (System/getProperty "user.home") (System/getenv "HOME"))))

(defn text []
  (assert (= "STRASSE" (string/upper-case "straße"))))

(doseq [[name area] [["threads" threads] ["processes" processes] ["sockets" sockets] ["clocks" clocks] ["files" files]
                     ["environment" environment] ["numbers" numbers] ["user" user] ["text" text]]]
  (area)
  (println name "ok"))
(println "done")
(shutdown-agents)
