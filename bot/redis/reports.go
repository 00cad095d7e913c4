package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/report"
)

// Reports implements report.Store on a Store.
type Reports struct{ *Store }

var _ report.Store = Reports{}

// A case has keys of its own, so that Redis forgets it when its time is over.
func reportCase(id string) string            { return "report:" + id + ":case" }
func reportDraft(id string) string           { return "reportdraft:" + id }
func reportTries(member bot.MemberID) string { return "reporttries:" + string(member) }

// Begin implements report.Store.
func (s Reports) Begin(ctx context.Context, c bot.CommunityID, id string, sub report.Subject) error {
	body, err := json.Marshal(sub)
	if err != nil {
		return err
	}
	return failed(s.client.Set(ctx, key(c, reportDraft(id)), body, report.DraftFor).Err())
}

// Begun implements report.Store.
func (s Reports) Begun(ctx context.Context, c bot.CommunityID, id string) (sub report.Subject, err error) {
	body, err := s.client.Get(ctx, key(c, reportDraft(id))).Bytes()
	if errors.Is(err, redis.Nil) {
		return sub, &bot.Error{Code: bot.NotFound}
	}
	if err != nil {
		return sub, failed(err)
	}
	if err := json.Unmarshal(body, &sub); err != nil {
		return sub, fmt.Errorf("report: %w", err)
	}
	return sub, nil
}

// Case implements report.Store.
func (s Reports) Case(ctx context.Context, c bot.CommunityID, id string) (report.Case, error) {
	cs := report.Case{Community: c}
	pipe := s.client.TxPipeline()
	body := pipe.HGet(ctx, key(c, reportCase(id)), id)
	version := pipe.HGet(ctx, key(c, reportCase(id)+":v"), id)
	if _, err := pipe.Exec(ctx); errors.Is(err, redis.Nil) {
		return cs, &bot.Error{Code: bot.NotFound}
	} else if err != nil {
		return cs, failed(err)
	}
	if err := json.Unmarshal([]byte(body.Val()), &cs); err != nil {
		return cs, fmt.Errorf("report: %w", err)
	}
	v, err := strconv.ParseInt(version.Val(), 10, 64)
	cs.Version = v
	return cs, err
}

// Save implements report.Store.
func (s Reports) Save(ctx context.Context, cs *report.Case, e outbox.Effects) error {
	name, kept := reportCase(cs.ID), strconv.FormatInt(report.KeptFor.Milliseconds(), 10)
	var writes []write
	if cs.Settled == (report.Settled{}) { // a report is new; a decision does not keep it longer
		writes = []write{{"PEXPIRE", name, []string{kept}}, {"PEXPIRE", name + ":v", []string{kept}}}
	}
	if len(writes) > 0 {
		for _, who := range inCase(cs) {
			writes = append(writes, write{"SADD", reportsOf(who), []string{cs.ID}}, write{"PEXPIRE", reportsOf(who), []string{kept}})
		}
	}
	return s.keepCase(ctx, cs, writes, e)
}

// keepCase stores a case.
func (s Reports) keepCase(ctx context.Context, cs *report.Case, writes []write, e outbox.Effects) error {
	var unless []string
	if cs.Version == 0 { // what is there already stays there, and so does all about it
		unless = []string{leftByAll}
	}
	version, err := s.advance(ctx, change{
		community: cs.Community, records: reportCase(cs.ID), id: cs.ID, from: cs.Version, body: cs, writes: writes, unless: unless, Effects: e,
	})
	if err == nil {
		cs.Version = version
	}
	return err
}

// Count implements report.Store.
func (s Reports) Count(ctx context.Context, c bot.CommunityID, m bot.MemberID) (int, error) {
	n, err := s.strings(ctx, triesScript, []string{key(c, reportTries(m))}, s.now(), time.Hour.Milliseconds(), 1)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(n[0])
}
