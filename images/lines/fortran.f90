program lines
    print '(a)', 'first'
    call sleep(60)
    print '(a)', 'second'
end program lines
