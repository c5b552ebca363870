//! Input from outside: keys, the mouse, signals.

use std::{io, process::ExitCode, thread};

use crossbeam_channel::Sender;
use crossterm::event::{Event as TerminalEvent, MouseButton, MouseEvent, MouseEventKind};

#[cfg(unix)]
use crate::event::Signal;
use crate::{
    answer::{Heard, Listener},
    event::Event,
    state::Pointer,
};

/// Reads keys in a thread of its own, as fast as they come. Where the terminal was asked for its background, the answer
/// is taken out of them.
pub(crate) fn read_terminal(events: Sender<Event>, listener: Option<Listener>) {
    thread::spawn(move || {
        let heard = listener.map_or(Ok(()), |listener| listen(listener, &events));
        if let Err(error) = heard.and_then(|()| read_on(&events)) {
            // whoever does not listen any more has ended
            let _ = events.send(Event::TerminalLost(error));
        }
    });
}

fn read_on(events: &Sender<Event>) -> io::Result<()> {
    loop {
        match crossterm::event::read()? {
            // a mouse that only passes by wakes nobody
            TerminalEvent::Mouse(mouse) if pointer(mouse).is_none() => {}
            event => {
                if events.send(Event::Terminal(event)).is_err() {
                    return Ok(());
                }
            }
        }
    }
}

/// Reads keys until the answer has come, or none is expected any more.
fn listen(mut listener: Listener, events: &Sender<Event>) -> io::Result<()> {
    let send = |event| events.send(Event::Terminal(event)).is_ok();
    while listener.is_waiting() {
        if !crossterm::event::poll(listener.patience())? {
            listener.release().into_iter().all(send);
            continue;
        }
        match listener.hear(crossterm::event::read()?) {
            Heard::Held => {}
            Heard::Passed(passed) => {
                passed.into_iter().all(send);
            }
            Heard::Answered(background) => {
                let _ = events.send(Event::Background(background));
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A gesture of the mouse, as far as it is of interest.
pub(crate) fn pointer(mouse: MouseEvent) -> Option<Pointer> {
    Some(match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Pointer::Press,
        MouseEventKind::Down(MouseButton::Right) => Pointer::PressRight,
        MouseEventKind::Drag(MouseButton::Left) => Pointer::Drag,
        MouseEventKind::Up(MouseButton::Left) => Pointer::Release,
        MouseEventKind::ScrollUp => Pointer::WheelUp,
        MouseEventKind::ScrollDown => Pointer::WheelDown,
        _ => return None,
    })
}

#[cfg(unix)]
pub(crate) fn watch_signals(events: Sender<Event>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals =
        signal_hook::iterator::Signals::new([SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT])?;
    thread::spawn(move || {
        for number in signals.forever() {
            let signal = match number {
                SIGTSTP => Signal::Suspend,
                SIGCONT => Signal::Continue,
                other => Signal::End(other),
            };
            if events.send(Event::Signal(signal)).is_err() {
                break;
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn watch_signals(_: Sender<Event>) -> io::Result<()> {
    Ok(())
}

/// Ends as the signal would have ended us, so that the shell sees the truth.
pub(crate) fn die_of(number: i32) -> ExitCode {
    #[cfg(unix)]
    if signal_hook::low_level::emulate_default_handler(number).is_ok() {
        unreachable!("the default of these signals is to end the program");
    }
    ExitCode::from(u8::try_from(128 + number).unwrap_or(1))
}

/// True if the parent can continue us: it is in our session, and in another group. POSIX calls a group without such a
/// parent orphaned, and a stopped program in one would never come back. A parent whose session or group began outside our
/// namespace of processes, as in a container, has the number 0 there, which is no group of ours.
#[cfg(unix)]
pub(crate) fn has_shell_to_return_to() -> bool {
    use nix::unistd::{getpgid, getpgrp, getppid, getsid};
    let parent = getppid();
    let same_session = getsid(Some(parent)).is_ok_and(|theirs| getsid(None) == Ok(theirs));
    let other_group = getpgid(Some(parent)).is_ok_and(|theirs| theirs != getpgrp());
    same_session && other_group
}
