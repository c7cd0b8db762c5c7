program smoke
    implicit none
    call processes
    print '(a)', 'processes ok'
    call clocks
    print '(a)', 'clocks ok'
    call files
    print '(a)', 'files ok'
    call environment
    print '(a)', 'environment ok'
    call numbers
    print '(a)', 'numbers ok'
    call user
    print '(a)', 'user ok'
    call text
    print '(a)', 'text ok'
    print '(a)', 'done'

contains

    subroutine check(condition)
        logical, intent(in) :: condition
        if (.not. condition) error stop 'check failed'
    end subroutine check

    subroutine processes
        integer :: status
        call execute_command_line('exit 3', exitstat=status)
        call check(status == 3)
        call execute_command_line('echo text > /tmp/text', wait=.true.)
    end subroutine processes

    subroutine clocks
        integer :: values(8)
        integer(8) :: before, after
        real :: used
        call date_and_time(values=values)
        call check(values(1) > 2020)
        call system_clock(before)
        call execute_command_line('sleep 0.01')
        call system_clock(after)
        call check(after > before)
        call cpu_time(used)
        call check(used >= 0)
    end subroutine clocks

    subroutine files
        integer :: unit, value
        character(len=16) :: line
        logical :: there
        open (newunit=unit, file='/tmp/text', status='old')
        read (unit, '(a)') line
        close (unit, status='delete')
        call check(line == 'text')
        open (newunit=unit, file='data', form='unformatted', access='stream')
        write (unit) 42
        rewind (unit)
        read (unit) value
        close (unit)
        call check(value == 42)
        open (newunit=unit, status='scratch')
        write (unit, *) value
        close (unit)
        inquire (file='data', exist=there)
        call check(there)
    end subroutine files

    subroutine environment
        character(len=256) :: home, folder
        integer :: status
        call get_environment_variable('HOME', home, status=status)
        call check(status == 0)
        call getcwd(folder)
        call check(home == folder)
        call check(command_argument_count() == 0)
    end subroutine environment

    subroutine numbers
        real(8) :: value
        real(8) :: matrix(2, 2)
        call check(abs(sin(acos(-1d0) / 2) - 1) < 1d-9)
        call random_seed()
        call random_number(value)
        call check(value < 1)
        matrix = reshape([1d0, 2d0, 3d0, 4d0], [2, 2])
        call check(all(matmul(matrix, matrix) > 0))
    end subroutine numbers

    subroutine user
        call check(getuid() > 0)
    end subroutine user

    subroutine text
        character(len=8) :: line
        write (line, '(f5.2)') 1.5
        call check(adjustl(line) == '1.50')
    end subroutine text

end program smoke
