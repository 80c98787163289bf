// A session's view of the folder it has selected. It only changes where the protocol lets the client hear of it, so that
// sequence numbers mean the same on both sides (RFC 9051 5.5, 7.5.1).
import type { Folder, FolderEntry } from './folders.ts';

export interface Selected {
  folder: Folder;
  /** In the client's numbering: what has gone stays until it is told. */
  view: FolderEntry[];
  readOnly: boolean;
  /** The folder's version and the highest mod-sequence that the client knows of. */
  version: number;
  modseq: number;
  /** Mod-sequences that this session made or told itself: they are no news. */
  told: WeakMap<FolderEntry, number>;
}

/** The untagged lines that bring the client up to date; none when nothing happened, whatever the folder's size. */
export function takeNews(selected: Selected, how: { keepNumbers: boolean; withModseq: boolean }): string[] {
  const { folder } = selected;
  if (selected.version === folder.version) return [];
  const news = how.keepNumbers ? [] : takeExpunged(selected);
  const flags = changedFlags(selected, how.withModseq);
  const added = newEntries(selected);
  for (const entry of added) {
    selected.view.push(entry);
    selected.modseq = Math.max(selected.modseq, entry.message.modseq);
  }
  if (added.length > 0) news.push(`* ${selected.view.length} EXISTS`);
  // With expunges still untold the version stays old, so that the next command tells them.
  if (!how.keepNumbers || !selected.view.some((entry) => entry.gone)) selected.version = folder.version;
  return [...news, ...flags];
}

function takeExpunged(selected: Selected): string[] {
  const lines: string[] = [];
  let removed = 0;
  const kept = selected.view.filter((entry, at) => {
    if (!entry.gone) return true;
    // Each line renumbers what follows it.
    lines.push(`* ${at + 1 - removed} EXPUNGE`);
    removed += 1;
    return false;
  });
  selected.view = kept;
  return lines;
}

function newEntries(selected: Selected): FolderEntry[] {
  const lastUid = selected.view.at(-1)?.uid ?? 0;
  const fresh: FolderEntry[] = [];
  const { entries } = selected.folder;
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at];
    if (!entry || entry.uid <= lastUid) break;
    fresh.push(entry);
  }
  return fresh.reverse();
}

function changedFlags(selected: Selected, withModseq: boolean): string[] {
  const lines: string[] = [];
  let highest = selected.modseq;
  selected.view.forEach((entry, at) => {
    if (entry.gone || entry.message.modseq <= selected.modseq) return;
    if (selected.told.get(entry) === entry.message.modseq) return;
    highest = Math.max(highest, entry.message.modseq);
    const modseq = withModseq ? ` MODSEQ (${entry.message.modseq})` : '';
    lines.push(`* ${at + 1} FETCH (UID ${entry.uid} FLAGS (${flagsOf(entry).join(' ')})${modseq})`);
  });
  selected.modseq = highest;
  return lines;
}

export function flagsOf(entry: FolderEntry): string[] {
  return entry.deleted ? [...entry.message.flags, '\\Deleted'] : [...entry.message.flags];
}
