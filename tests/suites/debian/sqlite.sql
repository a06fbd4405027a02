-- sqlite.sql - the sqlite3 shell: joins, windows, recursion, FTS, JSON, a
-- transaction that is rolled back, an index, and the file's own check.
.bail on
create table person (id integer primary key, name text not null, town text);
create table visit (person integer references person, day text, km real);
insert into person (name, town) values
	('ann', 'Ulm'), ('bob', 'Bonn'), ('cy', 'Ulm'), ('dee', null);
with recursive n(i) as (select 0 union all select i + 1 from n where i < 999)
insert into visit select i % 4 + 1, date('2020-01-01', i || ' days'),
	round(i * 1.5 + (i % 7) * 0.1, 2) from n;
create index visit_day on visit (day);
.mode list
select name, count(*), sum(km), round(avg(km), 4) from person
	join visit on person.id = visit.person group by name order by name;
select town, group_concat(name) from person group by town order by town;
select day, km, sum(km) over (order by day rows 2 preceding) from visit
	where day >= '2022-09-20' order by day;
select name, rank() over (order by total desc) from
	(select name, sum(km) total from person join visit
	on id = person group by id) order by name;
begin;
delete from visit;
rollback;
select count(*) from visit;
update visit set km = -km where person in
	(select id from person where town is null);
select count(*), round(sum(km), 1) from visit where km < 0;
select json_extract('{"a":[1,{"b":"c"}]}', '$.a[1].b'), json_array(1, 2.5, 'x');
select printf('%08.3f|%x|%s', 3.14159, 255, 'text'), upper('abc'), hex('ab');
select round(sqrt(2), 12), round(pi(), 12), 7 / 2, 7 % 3, 1e300 * 1e10;
create virtual table note using fts5(body);
insert into note values ('the ferry carries the cart'), ('a cart of apples'),
	('nothing here');
select rowid, snippet(note, 0, '[', ']', '', 5) from note
	where note match 'cart' order by rowid;
explain query plan select * from visit where day = '2020-05-05';
with recursive fib(a, b) as (select 0, 1 union all select b, a + b from fib
	limit 60) select max(a) from fib;
pragma integrity_check;
vacuum;
pragma page_count;
select total_changes() > 1000;
