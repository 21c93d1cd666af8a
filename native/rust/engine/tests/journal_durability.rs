//! When records reach the disk, who may write, and what happens when writing fails.

mod support;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Code, Timestamp};
use holdfast_engine::journal_lock::LOCK_NAME;
use holdfast_engine::{JournalOptions, JournalWriter, Sink, SyncPolicy};
use std::path::Path;
use support::*;

#[test]
fn policy_always_syncs_at_each_commit_that_has_something_to_commit() {
    let folder = Folder::new("always");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Always).unwrap();
    for at in 0..3 {
        note(&mut writer, at, 10);
        note(&mut writer, at, 10);
        writer.commit().unwrap();
        writer.commit().unwrap();
        assert_eq!(writer.syncs(), at as u64 + 1);
    }
}

#[test]
fn policy_batch_bounds_the_age_of_what_is_not_on_the_disk_by_the_times_of_records() {
    let folder = Folder::new("batch");
    let mut writer =
        JournalWriter::create(&folder.0, SyncPolicy::Batch { age_ms_max: 50 }).unwrap();
    for at in [0, 20, 49] {
        note(&mut writer, at, 10);
        writer.commit().unwrap();
        assert_eq!(writer.syncs(), 0);
    }
    note(&mut writer, 50, 10);
    assert_eq!(
        writer.syncs(),
        1,
        "a record that finds the group too old syncs it without a commit"
    );
    note(&mut writer, 99, 10);
    note(&mut writer, 60, 10);
    writer.commit().unwrap();
    assert_eq!(writer.syncs(), 1, "times that run back make nothing older");
    note(&mut writer, 110, 10);
    assert_eq!(writer.syncs(), 2, "the oldest of the group counts, wherever it stands");
    note(&mut writer, 111, 10);
    writer.close().unwrap();
    assert_eq!(writer.syncs(), 3, "a close leaves nothing behind");
}

#[test]
fn policy_os_never_syncs() {
    let folder = Folder::new("os");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    for at in 0..100 {
        note(&mut writer, at * 1_000, 10);
        writer.commit().unwrap();
    }
    writer.close().unwrap();
    assert_eq!((writer.syncs(), summary(&folder.0).records), (0, 100));
}

#[test]
fn what_was_committed_can_be_read_while_the_journal_is_open() {
    let folder = Folder::new("visible");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Always).unwrap();
    note(&mut writer, 1, 10);
    assert_eq!(summary(&folder.0).records, 0);
    writer.commit().unwrap();
    assert_eq!(summary(&folder.0).records, 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_cause() {
    let folder = Folder::new("read-only");
    std::fs::write(&folder.0, "a file where the folder would be").unwrap();
    let error = JournalWriter::create(&folder.0.join("journal"), SyncPolicy::Always).unwrap_err();
    assert_eq!(error.code(), Code::JournalIo);
    assert!(
        error.context().iter().any(|(key, value)| *key == "path" && value.ends_with("journal"))
    );
    assert!(error.context().iter().any(|(key, _)| *key == "cause"));
    std::fs::remove_file(&folder.0).unwrap();
}

#[test]
fn a_segment_that_cannot_be_begun_stops_the_journal() {
    let folder = Folder::new("rotation");
    let options =
        JournalOptions { segment_bytes_max: 256, ..JournalOptions::new(SyncPolicy::Always) };
    let mut writer = JournalWriter::create_with(&folder.0, options).unwrap();
    std::fs::create_dir(folder.segment(2)).unwrap();
    note(&mut writer, 1, 400);
    assert_eq!(writer.commit().unwrap_err().code(), Code::JournalIo);
    let payload = [0_u8; 4];
    let refused = writer.record(RecordKind::Failure, Timestamp(2), &payload[..]).unwrap_err();
    assert_eq!(refused.code(), Code::JournalStopped);
}

#[test]
fn a_closed_journal_takes_no_record() {
    let folder = Folder::new("closed");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    writer.close().unwrap();
    writer.close().unwrap();
    let refused = writer.record(RecordKind::Failure, Timestamp(2), &[1_u8][..]).unwrap_err();
    assert_eq!(refused.code(), Code::JournalStopped);
    assert_eq!(writer.commit().unwrap_err().code(), Code::JournalStopped);
}

fn resumed_at(folder: &Path, opened_ns: i64) -> holdfast_core::Result<JournalWriter> {
    let opened_at = Some(Timestamp(opened_ns));
    let options = JournalOptions { opened_at, ..JournalOptions::new(SyncPolicy::Os) };
    JournalWriter::resume(folder, options).map(|(writer, _)| writer)
}

#[test]
fn a_second_writer_is_refused_with_owner_and_age_until_the_first_closes() {
    let folder = Folder::new("locked");
    let opened_at = Some(Timestamp(1_000 * MS));
    let options = JournalOptions { opened_at, ..JournalOptions::new(SyncPolicy::Os) };
    let mut first = JournalWriter::create_with(&folder.0, options).unwrap();
    note(&mut first, 1, 10);
    first.commit().unwrap();
    let error = resumed_at(&folder.0, 8_500 * MS).unwrap_err();
    assert_eq!(error.code(), Code::JournalLocked);
    let pid = std::process::id().to_string();
    assert!(error.context().contains(&("pid", pid.clone())), "{error:?}");
    assert!(error.context().contains(&("age_ms", "7500".into())), "{error:?}");
    assert!(error.to_string().contains(&pid) && error.to_string().contains("for 7 s"), "{error}");
    let over = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap_err();
    assert_eq!(over.code(), Code::JournalLocked);
    first.close().unwrap();
    assert!(resumed_at(&folder.0, 9_000 * MS).unwrap().left_by().is_none());
}

#[test]
fn a_lock_whose_process_has_ended_is_taken_over_and_one_of_another_machine_is_not() {
    let folder = Folder::new("stale");
    written(&folder.0, JournalOptions::new(SyncPolicy::Os), 3);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let owner = |host: &str| format!("{{\"pid\":4000000,\"host\":\"{host}\",\"opened_ns\":5}}\n");
    let path = folder.0.join(LOCK_NAME);
    std::fs::write(&path, owner(host.trim())).unwrap();
    let writer = resumed_at(&folder.0, 9).unwrap();
    assert_eq!(writer.left_by().map(|owner| owner.pid), Some(4_000_000));
    drop(writer);
    std::fs::write(&path, owner("elsewhere.example")).unwrap();
    let error = resumed_at(&folder.0, 9).unwrap_err();
    assert_eq!(error.code(), Code::JournalLocked);
    let remedy = error.context().iter().find(|(key, _)| *key == "remedy").unwrap();
    assert!(remedy.1.contains("elsewhere.example") && remedy.1.contains(LOCK_NAME), "{remedy:?}");
    std::fs::remove_file(&path).unwrap();
    drop(resumed_at(&folder.0, 9).unwrap());
    assert!(!path.exists(), "a lock that was given back leaves no file");
}
