console.log "first"
setTimeout (-> console.log "second"), 60000
